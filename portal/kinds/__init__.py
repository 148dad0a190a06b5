"""The four kinds of items behind one protocol: what is still missing, what exactly is handed over, how it is summed up."""

from portal.kinds.approvals.kind import Approvals
from portal.kinds.files.kind import Files
from portal.kinds.protocol import ItemKindRules
from portal.kinds.questionnaires.kind import Questionnaires
from portal.models.item_states import ItemKind

KINDS: dict[ItemKind, ItemKindRules] = {
    ItemKind.FILES: Files(),
    ItemKind.QUESTIONNAIRE: Questionnaires(),
    ItemKind.APPROVAL: Approvals(),
    ItemKind.CONFIRMATION: Approvals(),
}


def rules_of(kind: ItemKind) -> ItemKindRules:
    """What is particular to a kind."""
    return KINDS[kind]
