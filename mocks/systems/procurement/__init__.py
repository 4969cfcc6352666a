"""The mock procurement system: requisitions, their approval chain, and what became of them in the ERP."""
