"""Every order of what may happen, within bounds.

``scenario.explore_scenario`` explores a scenario, ``exploring.explore`` any ``model.Model``. A reaction is executed
once for each different thing it reads and remembered (``memo``); states are fingerprints (``search``); what time
allows is the affair of a rule (``box``, ``classes``); *violated* is earned by times (``times``) and a run (``replay``).
"""
