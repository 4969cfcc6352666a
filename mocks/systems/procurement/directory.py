"""Look-ups of suppliers and people."""

from bisect import bisect_right

from mocks.company.projections import ProcurementMaster
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.procurement.records import supplier_record, user_record


class Directory:
    """Suppliers and users of one procurement system."""

    def __init__(self, master: ProcurementMaster) -> None:
        self._master = master
        self._suppliers = sorted((each.id, each.house) for each in master.suppliers.values())

    def list_suppliers(self, call: Call) -> Reply:
        """procurement.supplier.list"""
        start = bisect_right(self._suppliers, (call.after[0], call.after[1])) if call.after else 0
        found = self._suppliers[start : start + call.limit]
        more = found[-1] if start + call.limit < len(self._suppliers) else None
        return Reply({"items": [supplier_record(self._master.suppliers[house, name]) for name, house in found], "next": more})

    def read_supplier(self, call: Call) -> Reply:
        """procurement.supplier.read: of an id that several legal entities use, the first one's"""
        start = bisect_right(self._suppliers, (call.path["id"], ""))
        name, house = self._suppliers[start] if start < len(self._suppliers) else ("", "")
        if name != call.path["id"]:
            raise Refusal("NOT_FOUND", f"no supplier {call.path['id']!r}")
        return Reply(supplier_record(self._master.suppliers[house, name]), version=1)

    def read_user(self, call: Call) -> Reply:
        """procurement.user.read"""
        user = self._master.users.get(call.path["id"])
        if user is None:
            raise Refusal("NOT_FOUND", f"no user {call.path['id']!r}")
        return Reply(user_record(user, self._master.houses[user.house]), version=1)
