"""Ways to help: rules, stages, arbitration and the offers presented."""
