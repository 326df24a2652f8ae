"""Damaged files, each made by code out of a perfect one, each with the sentence expected of it word for word."""
