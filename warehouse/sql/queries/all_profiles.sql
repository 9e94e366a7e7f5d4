FROM profiles;
