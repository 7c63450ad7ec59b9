"""Small programs for building and checking; the product itself never imports them."""
