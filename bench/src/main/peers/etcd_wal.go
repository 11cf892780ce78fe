// The log of etcd as a peer of `bin/tenon bench wal`: what tenon.bench.wal.LogAppends does, on etcd's package.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o etcd_wal etcd_wal.go
//	etcd_wal DIRECTORY APPENDERS WARM-UP-SECONDS SECONDS
//	etcd_wal --version
//
// One line of output; tenon.bench.measure.Outcome says what is in it.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"time"

	"go.etcd.io/etcd/pkg/fileutil"
	"go.etcd.io/etcd/raft/raftpb"
	"go.etcd.io/etcd/version"
	"go.etcd.io/etcd/wal"
	"go.etcd.io/etcd/wal/walpb"
	"go.uber.org/zap"
)

const (
	recordBytes = 256
	term        = 1
	// The server's defaults, but that it looks for files to delete twice a minute.
	markEvery   = 100000
	fileCount   = 5
	purgePeriod = time.Second
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "etcd_wal:", err)
		os.Exit(1)
	}
}

type appends struct {
	log       *wal.WAL
	records   [][]byte
	lastIndex uint64
	markIndex uint64
}

// The entries of all that wait, with the commit index of those before.
func (a *appends) appendAndSync() {
	state := raftpb.HardState{Term: term, Vote: 1, Commit: a.lastIndex}
	entries := make([]raftpb.Entry, len(a.records))
	for i, record := range a.records {
		a.lastIndex++
		binary.BigEndian.PutUint64(record, a.lastIndex)
		entries[i] = raftpb.Entry{Term: term, Index: a.lastIndex, Data: record}
	}
	check(a.log.Save(state, entries))
	if state.Commit-a.markIndex >= markEvery {
		a.markIndex = state.Commit
		check(a.log.SaveSnapshot(walpb.Snapshot{Index: a.markIndex, Term: term}))
		check(a.log.ReleaseLockTo(a.markIndex))
	}
}

func seconds(argument string) time.Duration {
	value, err := strconv.ParseFloat(argument, 64)
	check(err)
	return time.Duration(value * float64(time.Second))
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Printf("etcd %s, %s\n", version.Version, runtime.Version())
		return
	}
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	directory := filepath.Join(os.Args[1], "log")
	log, err := wal.Create(zap.NewNop(), directory, []byte("bench"))
	check(err)
	stop := make(chan struct{})
	failed := fileutil.PurgeFile(zap.NewNop(), directory, "wal", fileCount, purgePeriod, stop)
	appends := appends{log: log, records: make([][]byte, count)}
	for i := range appends.records {
		appends.records[i] = make([]byte, recordBytes)
	}

	begin := time.Now().Add(seconds(os.Args[3]))
	end := begin.Add(seconds(os.Args[4]))
	var first, now time.Time
	var latencies []time.Duration
	for now.Before(end) || len(latencies) == 0 {
		start := time.Now()
		appends.appendAndSync()
		now = time.Now()
		if !start.Before(begin) {
			if len(latencies) == 0 {
				first = start
			}
			latencies = append(latencies, now.Sub(start))
		}
	}
	close(stop)
	select {
	case err := <-failed:
		check(err)
	default:
	}
	check(log.Close())

	// All of a batch waited equally long.
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	at := func(percent float64) int64 {
		return latencies[int(float64(len(latencies)-1)*percent/100)].Nanoseconds()
	}
	fmt.Printf("result ops=%d ns=%d p50=%d p99=%d p999=%d\n",
		len(latencies)*count, now.Sub(first).Nanoseconds(), at(50), at(99), at(99.9))
}
