"""What a person looks at: functions from traces and results to text, one file per view.

Rules of this room: a view computes nothing that is not already in the trace or the result; what it says is in words
from ``words``; a text view is readable at the width it was asked for and is plain unless asked for colour.
"""
