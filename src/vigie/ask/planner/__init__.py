"""A question to a Plan, without a model: words → marks (values, fields, cues, times) → frame → plan.

Nothing here is written for any one collection: all names and values come from the profiles.
"""
