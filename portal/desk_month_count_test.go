package portal

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/inquiry/inquirytest"
)

// sentNotice is a notice as it lies in the books.
type sentNotice struct {
	ID     string
	Clock  inquiry.ClockKind
	Began  time.Time
	Level  int
	At     time.Time
	Passed bool
	Roles  []string
}

type noticeKey struct {
	id    string
	clock inquiry.ClockKind
	began int64
	level inquiry.Level
}

// recounted folds every case again and holds the notices against what the law gave rise to, at the times when somebody looked.
func (m *month) recounted() {
	t := m.t
	ctx := t.Context()
	rows, err := m.pool.Query(ctx, `
		select coalesce(n.id, ''), n.clock, n.began, n.level::int, n.at, n.passed, coalesce(t.roles, '{}')
		from inquiry_notice n left join (
			select county, no, array_agg(role order by role) as roles from inquiry_notice_to group by 1, 2) t on t.county = n.county and t.no = n.no`)
	m.must(err)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sentNotice])
	m.must(err)
	notices, twice, outside, passed := map[noticeKey]sentNotice{}, 0, 0, 0
	for _, n := range list {
		key := noticeKey{n.ID, n.Clock, n.Began.UnixMicro(), inquiry.Level(n.Level)}
		if _, known := notices[key]; known {
			twice++
		}
		notices[key] = n
		local := n.At.In(ledger.Shanghai)
		if !m.law.Calendar.IsWorkday(ledger.DateOf(n.At)) || local.Hour() < 9 || local.Hour() >= 17 {
			outside++
		}
		if n.Passed {
			passed++
		}
	}
	expected, wrong := m.expected(notices)
	missing := 0
	for key := range expected {
		if _, went := notices[key]; !went {
			missing++
			if missing < 5 {
				t.Errorf("missing: %+v", key)
			}
		}
	}
	t.Logf("%d reminders went out and %d were passed over; %d must have: twice %d, missing %d, without cause %d, outside of office hours %d",
		len(list)-passed, passed, len(expected), twice, missing, wrong, outside)
	if twice+missing+wrong+outside > 0 || len(expected) == 0 {
		t.Error("reminders are not what the law gives rise to")
	}
	m.figuresEqual()
	began := time.Now()
	found, err := m.desk.VerifyInquiries(ctx)
	if err != nil || len(found) > 0 {
		t.Errorf("%d differences from a recount: %v, %v", len(found), found[:min(3, len(found))], err)
	}
	t.Logf("every case recounted from its events in %v", time.Since(began).Round(time.Millisecond))
}

// expected are the reminders that somebody was there to send, while the clock ran; wrong counts those that went out without a cause.
func (m *month) expected(notices map[noticeKey]sentNotice) (expected map[noticeKey]bool, wrong int) {
	expected = map[noticeKey]bool{}
	var open []time.Time // looks inside office hours
	for _, at := range m.ticks {
		if m.law.Calendar.OfficeTime(at).Equal(at) {
			open = append(open, at)
		}
	}
	looked := func(from, to time.Time) bool {
		i := sort.Search(len(open), func(i int) bool { return !open[i].Before(from) })
		return i < len(open) && (to.IsZero() || open[i].Before(to))
	}
	just := map[noticeKey]bool{}
	stand := func(id string, all []inquiry.Reminder, from, to time.Time) {
		for _, r := range all {
			key := noticeKey{id, r.Clock, r.Began.UnixMicro(), r.Level}
			since := from
			if r.Send.After(since) {
				since = r.Send
			}
			if looked(since, to) {
				expected[key] = true
			}
			n, went := notices[key]
			if !went || n.At.Before(from) || !to.IsZero() && !n.At.Before(to) {
				continue
			}
			roles := []string{}
			for _, role := range r.To {
				roles = append(roles, string(role))
			}
			slices.Sort(roles)
			just[key] = n.Passed && len(n.Roles) == 0 || !r.Send.After(n.At) && slices.Equal(roles, n.Roles)
		}
	}
	for id, events := range m.events() {
		var c inquiry.Case
		var err error
		for i, e := range events {
			c, err = c.Then(e)
			m.must(err)
			to := time.Time{}
			if i+1 < len(events) {
				to = events[i+1].At
			}
			stand(id, m.law.Reminders(c), e.At, to)
		}
	}
	m.days(func(day, signed time.Time) {
		stand("", m.law.DayReminders(day), day.AddDate(0, 0, 1).Add(-8*time.Hour), signed)
	})
	for key := range maps.Keys(notices) {
		if !just[key] {
			if wrong++; wrong < 5 {
				m.t.Errorf("without cause: %+v", notices[key])
			}
		}
	}
	return expected, wrong
}

// figuresEqual holds the published statistics of each year to what the events come to.
func (m *month) figuresEqual() {
	ctx := m.t.Context()
	rows, err := m.pool.Query(ctx, `select department_id, name from department`)
	m.must(err)
	names := map[int64]string{0: "值班室"}
	for rows.Next() {
		var id int64
		var name string
		m.must(rows.Scan(&id, &name))
		names[id] = name
	}
	m.must(rows.Err())
	events := m.events()
	for year := m.start.Year(); year <= m.start.AddDate(0, 0, monthDays).Year(); year++ {
		began := time.Now()
		got, err := m.server.Figures(ctx, year)
		took := time.Since(began)
		m.must(err)
		want, err := inquirytest.Recount(year, events, m.law.Calendar, names)
		m.must(err)
		want.Made = got.Made
		if !reflect.DeepEqual(got, want) {
			m.t.Errorf("%d: the statistics say\n%+v\nthe events\n%+v", year, got, want)
		}
		m.t.Logf("%d: the statistics, made in %v, and a recount from the events: %+v, %d sealed", year, took.Round(time.Millisecond), got.Total, got.Sealed)
	}
}

// events are all cases' events, without words.
func (m *month) events() map[string][]inquiry.Event {
	all := map[string][]inquiry.Event{}
	rows, err := m.pool.Query(m.t.Context(), `
		select id, seq, at, role, login, department, act, from_state, to_state, body from inquiry_event order by id, seq`)
	m.must(err)
	for rows.Next() {
		var id, body string
		var e inquiry.Event
		m.must(rows.Scan(&id, &e.Seq, &e.At, &e.By.Role, &e.By.Login, &e.By.Department, &e.Act, &e.From, &e.To, &body))
		var kept struct {
			inquiry.Facts
			Slip  inquiry.Slip
			Turns []inquiry.Turn
			Moved []inquiry.Moved
		}
		m.must(json.Unmarshal([]byte(body), &kept))
		e.At, e.Facts, e.Slip, e.Turns, e.Moved = e.At.UTC(), kept.Facts, kept.Slip, kept.Turns, kept.Moved
		all[id] = append(all[id], e)
	}
	m.must(rows.Err())
	return all
}

// days are the days on which something came that the desk still sees, and when two had signed them.
func (m *month) days(tell func(day, signed time.Time)) {
	rows, err := m.pool.Query(m.t.Context(), `
		select d.day, s.second_at from (select distinct (received_at at time zone 'Asia/Shanghai')::date from desk_inquiry) d (day)
		left join inquiry_day s on s.day = d.day`)
	m.must(err)
	for rows.Next() {
		var day time.Time
		var signed *time.Time
		m.must(rows.Scan(&day, &signed))
		if signed == nil {
			signed = &time.Time{}
		}
		tell(day, *signed)
	}
	m.must(rows.Err())
}
