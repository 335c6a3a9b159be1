"""How long do tests wait for what comes true by itself?

No test says how fast something has to be (`make bench` does), so this is long: a machine that
others use too may take ten times as long as a good day's. Only a failure waits for all of it.
"""

PATIENCE = 300  # seconds
