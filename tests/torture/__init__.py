"""Breaks of every kind, and the promises that hold after each."""
