"""A laboratory for trust protocols with three parties."""
