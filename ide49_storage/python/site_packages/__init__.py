"""What is in the folders of packages: distributions, what they require, and what is wrong with them."""
