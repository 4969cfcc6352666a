"""Look-ups of suppliers and people."""

from bisect import bisect_right

from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.procurement.records import supplier_record, user_record


class Directory:
    """Suppliers and users of one procurement system."""

    def __init__(self, master: ProcurementMaster) -> None:
        self._master = master
        self._supplier_ids = sorted(master.suppliers)

    def list_suppliers(self, call: Call) -> Reply:
        """procurement.supplier.list"""
        start = bisect_right(self._supplier_ids, call.after[0]) if call.after else 0
        ids = self._supplier_ids[start : start + call.limit]
        more = (ids[-1],) if start + call.limit < len(self._supplier_ids) else None
        return Reply({"items": [supplier_record(self._master.suppliers[each]) for each in ids], "next": more})

    def read_supplier(self, call: Call) -> Reply:
        """procurement.supplier.read"""
        supplier = self._master.suppliers.get(call.path["id"])
        if supplier is None:
            raise Refusal("NOT_FOUND", f"no supplier {call.path['id']!r}")
        return Reply(supplier_record(supplier), version=1)

    def read_user(self, call: Call) -> Reply:
        """procurement.user.read"""
        user = self._master.users.get(call.path["id"])
        if user is None:
            raise Refusal("NOT_FOUND", f"no user {call.path['id']!r}")
        return Reply(user_record(user, self._master.houses[user.house]), version=1)
