SELECT * FROM timeline($name, bucket := 'day');
