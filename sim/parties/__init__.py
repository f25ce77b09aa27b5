"""The parties: one module or folder each; none imports another."""
