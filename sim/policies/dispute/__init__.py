"""A charge is contested: does the provider fight, or let it go? One answer a file.

An answer defines ``fights(amount: int, above: int) -> bool``, of a charge over ``amount`` cents; ``above`` is the
amount that the scenario names, 0 where it names none. A provider that fights represents the charge with the evidence
it holds, and goes into arbitration if it comes to that.

With a fee f for each dispute, and f again for fighting, which comes back on a win, accepting a charge A costs A + f and
fighting costs f + (1 - w)(A + f) in the mean, if a share w of fights is won. So fighting pays above f (1 - w) / w
([STR]_: the second fee and its return; [CBG]_: 15 usd each).

.. [STR] https://support.stripe.com/questions/june-2025-pricing-updates-for-disputes
.. [CBG] https://www.chargebackgurus.com/blog/stripe-dispute-fees
"""
