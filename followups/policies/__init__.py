"""Follow-up policies: which one fits, drafts and versions, what a draft would do, their pages."""
