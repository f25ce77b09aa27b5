"""Where a ceiling on spending binds: as a payment token is minted, or as money is captured.

The launch says that there is a ceiling by month and provider, and not where it is compared ([CFB]); the limit of a
payment token is the token's alone, so several tokens share no counter by themselves ([K34]). An answer defines

* ``may_mint(amount: int, spent: int, limit: int) -> bool``: whether the orchestrator lets a token over ``amount`` cents
  be minted, of a customer from whom ``spent`` have been captured this month, as far as it has heard;
* ``handed(limit: int) -> int``: the ceiling that the processor is to keep for all tokens together; -1: none.
"""
