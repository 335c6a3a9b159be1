"""After every interaction: the three questions, attempts, answers, closing the loop."""
