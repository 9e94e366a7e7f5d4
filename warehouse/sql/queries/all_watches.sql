FROM watches;
