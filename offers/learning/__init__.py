"""What helps whom: learned from outcomes, told in words, always beside a naive score."""
