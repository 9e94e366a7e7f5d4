SELECT * FROM timeline($about, bucket := $bucket, zone := $zone);
