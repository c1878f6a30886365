"""The read door: which conda environments there are, read from files alone; nothing is ever run to find them."""
