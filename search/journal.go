package search

import (
	"slices"
	"sync"
	"time"
)

// An Event is something that an operator should know of search. What is a sentence without names of people.
type Event struct {
	At   time.Time
	What string
}

// journal keeps the last events of this process.
type journal struct {
	mu     sync.Mutex
	events []Event // the oldest first

	answering string // who answers
	why       string
	since     time.Time
}

const mostEvents = 50

func (j *journal) add(what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.note(what)
}

func (j *journal) note(what string) {
	j.events = append(j.events, Event{time.Now(), what})
	j.events = j.events[max(0, len(j.events)-mostEvents):]
}

// answers notes who answers now, and why.
func (j *journal) answers(who, why string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.answering != who {
		j.since = time.Now()
	}
	if j.answering != who || j.why != why {
		if why == "" {
			j.note(who + "回答")
		} else {
			j.note(who + "回答：" + why)
		}
	}
	j.answering, j.why = who, why
}

// read answers the events, the newest first, and since when who answers does.
func (j *journal) read() ([]Event, time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	events := slices.Clone(j.events)
	slices.Reverse(events)
	return events, j.since
}
