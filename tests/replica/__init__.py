"""Tests of the replica itself: what it says about its pages must be true of the pages it serves."""
