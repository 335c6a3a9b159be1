"""The servers and processes that `make run` and the tests start by themselves.

A convenience for trying and developing; production brings its own PostgreSQL and Redis. Standard
library and the two wheels with the servers' programs, no Django.
"""
