import os

import rudderstack.analytics as analytics

client = os.environ["CLIENT"]
analytics.dataPlaneUrl = os.environ["HOST"]
analytics.write_key = os.environ["KEY"]
analytics.identify(client, {"plan": "gold"})
for n in range(int(os.environ["COUNT"])):
    analytics.track(client, "Product Viewed", {"product_id": "A-1", "client": client, "n": n})
analytics.shutdown()
