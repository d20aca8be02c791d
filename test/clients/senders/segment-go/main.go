package main

import (
	"log"
	"os"
	"strconv"

	"github.com/segmentio/analytics-go/v3"
)

func main() {
	name := os.Getenv("CLIENT")
	count, err := strconv.Atoi(os.Getenv("COUNT"))
	if err != nil {
		log.Fatal(err)
	}
	client, err := analytics.NewWithConfig(os.Getenv("KEY"), analytics.Config{Endpoint: os.Getenv("HOST")})
	if err != nil {
		log.Fatal(err)
	}
	send := func(message analytics.Message) {
		if err := client.Enqueue(message); err != nil {
			log.Fatal(err)
		}
	}
	send(analytics.Identify{UserId: name, Traits: analytics.NewTraits().Set("plan", "gold")})
	for n := 0; n < count; n++ {
		product := analytics.Product{ID: "A-1", SKU: "A-1", Price: 1}
		properties := analytics.NewProperties().SetProducts(product).Set("client", name).Set("n", n)
		send(analytics.Track{UserId: name, Event: "Product Viewed", Properties: properties})
	}
	if err := client.Close(); err != nil {
		log.Fatal(err)
	}
}
