"""Is a follow-up ever lost, dialled twice, or dialled against the rules, whatever breaks?"""
