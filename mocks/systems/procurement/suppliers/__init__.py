"""Requests for new suppliers: data check, review of likely duplicates, approval, and the vendor that the ERP made of them."""
