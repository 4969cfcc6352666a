"""Controllers: they close and reopen posting periods."""

from harness.actors.actor import Office


def change_period(office: Office, system: str, entity: str, *, period: str, module: str, closed: bool) -> None:
    """The controller of an entity closes, or reopens, a period (YYYY-MM) for one module of a system."""
    office.act(
        f"{system}.period.{'close' if closed else 'reopen'}",
        path={},
        body={
            "company_code": office.company.entity(entity).erp_company,
            "period": period,
            "module": module,
            "reason": "month end" if closed else "late documents",
        },
        actor=office.company.controller(entity).erp_id,
        txn_id=None,
    )
