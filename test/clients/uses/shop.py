import json
import os
import sys
import time

from beforehand_client import AuthenticatedClient
from beforehand_client.api.catalogue import upsert_items
from beforehand_client.api.decisions import decide
from beforehand_client.api.recommendations import recommend
from beforehand_client.api.tracking import track
from beforehand_client.models import (
    CustomerReference,
    DecideAnswer,
    DecideRequest,
    DecideRequestChannel,
    Problem,
    RecommendAnswer,
    RecommendRequest,
    SegmentCall,
    SegmentCallPropertiesType0,
    SentItem,
    TrackingAnswer,
    UpsertAnswer,
    UpsertItems,
)


def client_for(key: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=os.environ["HOST"], token=os.environ[key])


reader = client_for("READ_KEY")
sender = client_for("INGEST_KEY")
customer = CustomerReference(user_id="python-1")

item_ids = ["python-cream", "python-soap"]
items = [SentItem(id=item_id, title=item_id, price=9.5, currency="EUR", stock=10) for item_id in item_ids]
written = upsert_items.sync(client=sender, body=UpsertItems(items=items))
assert isinstance(written, UpsertAnswer), written

properties = SegmentCallPropertiesType0.from_dict({"product_id": item_ids[0]})
call = SegmentCall(user_id="python-1", event="Product Viewed", properties=properties, message_id="python-view")
tracked = track.sync(client=sender, body=call)
assert isinstance(tracked, TrackingAnswer), tracked


def recommend_written() -> RecommendAnswer:
    """Asks until the items written above are served, about a second later."""
    until = time.monotonic() + 20
    while True:
        answer = recommend.sync(client=reader, body=RecommendRequest(customer=customer, limit=5))
        assert isinstance(answer, RecommendAnswer), answer
        if set(item_ids) <= {item.id for item in answer.items} or time.monotonic() > until:
            return answer
        time.sleep(0.2)


recommended = recommend_written()

question = DecideRequest(customer=customer, placement="home", channel=DecideRequestChannel.WEB)
decided = decide.sync(client=reader, body=question)
assert isinstance(decided, DecideAnswer), decided

refused = recommend.sync(client=reader, body=RecommendRequest(customer=CustomerReference()))
assert isinstance(refused, Problem), refused

answers = {
    "written": written.upserted,
    "tracked": [result.status.value for result in tracked.results],
    "recommended": [item.id for item in recommended.items],
    "kind": decided.kind.value,
    "decided": decided.decision_id is not None,
    "refused": refused.code.value,
}
json.dump(answers, sys.stdout)
