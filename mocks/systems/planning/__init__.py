"""The mock planning system: budgets by fiscal period over a hierarchy of nodes, their versions, and what was spent of them."""
