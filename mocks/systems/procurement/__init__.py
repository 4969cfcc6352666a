"""The mock procurement system: requisitions, their approval chain, receipts, and what became of them in the ERP."""
