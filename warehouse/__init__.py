"""The product's database and what is understood of its texts: land, understand, answer."""
