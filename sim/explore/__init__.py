"""Every order of what may happen, within bounds."""
