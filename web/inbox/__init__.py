"""Applications as the employer receives them."""
