"""The OpenAPI 3.1 description of what other systems call, made from the tables that answer them."""
