"""What does it mean that an orchestrator removes a resource? One answer a file.

An answer defines ``destroys() -> bool``: whether the resource and its credentials end, or only its tie to the
orchestrator does.
"""
