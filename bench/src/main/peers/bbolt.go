// bbolt as a peer of `bin/tenon bench btree`: the works of tenon.bench.btree.Phases, on bbolt itself.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o bbolt bbolt.go
//	bbolt DIRECTORY KEYS WORK,WORK,...
//	bbolt --version
//
// One line for each work; tenon.bench.btree.ResultLine says what is in it.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	batch          = 1000
	revisionBatch  = 10000
	onePutCountMax = 20000
	churnRounds    = 5
	stride         = 2654435761
)

type kind int

const (
	ascending kind = iota
	random
	revision
)

var (
	directory string
	keyCount  uint64
	bucket    = []byte("bench")
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bbolt:", err)
		os.Exit(1)
	}
}

// ---- the data ----

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

func (k kind) newKey() []byte {
	if k == revision {
		return make([]byte, 17)
	}
	return make([]byte, 16)
}

func (k kind) setKey(key []byte, number uint64) {
	switch k {
	case ascending:
		binary.BigEndian.PutUint64(key[8:], number)
	case random:
		binary.BigEndian.PutUint64(key, mix(number))
		binary.BigEndian.PutUint64(key[8:], number)
	case revision:
		binary.BigEndian.PutUint64(key, number)
		key[8] = '_'
	}
}

func (k kind) newValue() []byte {
	length := 100
	if k == revision {
		length = 300
	}
	value := make([]byte, length)
	for i := range value {
		value[i] = byte(mix(uint64(i)))
	}
	return value
}

func setValue(value []byte, number uint64) {
	binary.BigEndian.PutUint64(value, number)
	value[len(value)-1] = byte(number)
}

// ---- what is reported ----

func sizeBytes() (sum int64) {
	check(filepath.Walk(directory, func(_ string, file os.FileInfo, err error) error {
		if err == nil && file.Mode().IsRegular() {
			sum += file.Size()
		}
		return err
	}))
	return sum
}

type memory struct{ rssKb, anonKb int64 }

func memoryNow() (now memory) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return now
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fmt.Sscanf(lines.Text(), "VmRSS: %d", &now.rssKb)
		fmt.Sscanf(lines.Text(), "RssAnon: %d", &now.anonKb)
	}
	return now
}

func report(work string, ops uint64, took time.Duration, memory memory, sum uint64, more string) {
	fmt.Printf("result work=%s ops=%d ns=%d bytes=%d rss_kb=%d anon_kb=%d sum=%d%s\n",
		work, ops, took.Nanoseconds(), sizeBytes(), memory.rssKb, memory.anonKb, sum, more)
}

// ---- the store ----

func path() string { return filepath.Join(directory, "data.bolt") }

func wipe() {
	if err := os.Remove(path()); err != nil && !os.IsNotExist(err) {
		check(err)
	}
}

func open(synced bool) *bolt.DB {
	db, err := bolt.Open(path(), 0o644, &bolt.Options{NoSync: !synced})
	check(err)
	check(db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	}))
	return db
}

// A hash of all keys and values in order: what a store must hold after a work.
func fingerprint() uint64 {
	hash := uint64(0xcbf29ce484222325)
	db := open(false)
	check(db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(key, value []byte) error {
			for _, b := range key {
				hash = (hash ^ uint64(b)) * 0x100000001b3
			}
			for _, b := range value {
				hash = (hash ^ uint64(b)) * 0x100000001b3
			}
			return nil
		})
	}))
	check(db.Close())
	return hash
}

// ---- works that write ----

// A transaction that is committed and begun again every so many changes.
type writer struct {
	db     *bolt.DB
	fill   float64
	size   int
	ops    uint64
	tx     *bolt.Tx
	bucket *bolt.Bucket
}

func (w *writer) begin() {
	var err error
	w.tx, err = w.db.Begin(true)
	check(err)
	w.bucket = w.tx.Bucket(bucket)
	w.bucket.FillPercent = w.fill
}

func (w *writer) changed() {
	w.ops++
	if w.ops%uint64(w.size) == 0 {
		check(w.tx.Commit())
		w.tx = nil
	}
}

func (w *writer) put(key, value []byte) {
	if w.tx == nil {
		w.begin()
	}
	check(w.bucket.Put(key, append([]byte(nil), value...)))
	w.changed()
}

func (w *writer) remove(key []byte) {
	if w.tx == nil {
		w.begin()
	}
	check(w.bucket.Delete(key))
	w.changed()
}

func (w *writer) end() {
	if w.tx != nil {
		check(w.tx.Commit())
		w.tx = nil
	}
}

func putAll(db *bolt.DB, kind kind, count uint64, size int, fill float64) {
	key, value := kind.newKey(), kind.newValue()
	writer := writer{db: db, size: size, fill: fill}
	for number := uint64(0); number < count; number++ {
		kind.setKey(key, number)
		setValue(value, number)
		writer.put(key, value)
	}
	writer.end()
}

func load(work string, kind kind, count uint64, size int, synced bool, fill float64) {
	wipe()
	db := open(synced)
	start := time.Now()
	putAll(db, kind, count, size, fill)
	if !synced {
		check(db.Sync())
	}
	took := time.Since(start)
	memory := memoryNow()
	check(db.Close())
	report(work, count, took, memory, fingerprint(), "")
}

func deleteRandom(work string) {
	key := random.newKey()
	db := open(false)
	start := time.Now()
	writer := writer{db: db, size: batch, fill: bolt.DefaultFillPercent}
	for number := uint64(0); number < keyCount; number++ {
		random.setKey(key, number)
		writer.remove(key)
	}
	writer.end()
	check(db.Sync())
	took := time.Since(start)
	memory := memoryNow()
	check(db.Close())
	report(work, keyCount, took, memory, fingerprint(), "")
}

func churnRound(db *bolt.DB, round uint64) uint64 {
	key, value := random.newKey(), random.newValue()
	deletes := writer{db: db, size: batch, fill: bolt.DefaultFillPercent}
	for i := uint64(0); i < keyCount; i++ {
		number := (i*stride + round) % keyCount
		if mix(number^(round<<40))&1 == 0 {
			random.setKey(key, number)
			deletes.remove(key)
		}
	}
	deletes.end()
	puts := writer{db: db, size: batch, fill: bolt.DefaultFillPercent}
	for i := uint64(0); i < keyCount; i++ {
		number := (i*stride + 7*round) % keyCount
		random.setKey(key, number)
		setValue(value, number+round*keyCount)
		puts.put(key, value)
	}
	puts.end()
	check(db.Sync())
	return deletes.ops + puts.ops
}

func churn(work string) {
	wipe()
	db := open(false)
	putAll(db, random, keyCount, batch, bolt.DefaultFillPercent)
	check(db.Sync())
	sizes := fmt.Sprintf(" sizes=%d", sizeBytes())
	var ops uint64
	var took time.Duration
	for round := uint64(1); round <= churnRounds; round++ {
		start := time.Now()
		ops += churnRound(db, round)
		took += time.Since(start)
		sizes += fmt.Sprintf(",%d", sizeBytes())
	}
	memory := memoryNow()
	check(db.Close())
	report(work, ops, took, memory, fingerprint(), sizes)
}

// ---- works that read ----

func touch(value []byte) uint64 { return uint64(value[0]) + uint64(value[len(value)-1]) }

func getAll(db *bolt.DB, seed uint64) (sum uint64) {
	key := random.newKey()
	check(db.View(func(tx *bolt.Tx) error {
		values := tx.Bucket(bucket)
		for i := uint64(0); i < keyCount; i++ {
			random.setKey(key, mix(i+seed)%keyCount)
			sum += touch(values.Get(key))
		}
		return nil
	}))
	return sum
}

func getAllInNewTransactions(db *bolt.DB, seed uint64) (sum uint64) {
	key := random.newKey()
	for i := uint64(0); i < keyCount; i++ {
		random.setKey(key, mix(i+seed)%keyCount)
		check(db.View(func(tx *bolt.Tx) error {
			sum += touch(tx.Bucket(bucket).Get(key))
			return nil
		}))
	}
	return sum
}

func getOnTwoThreads(db *bolt.DB) uint64 {
	sums := make(chan uint64)
	for _, seed := range []uint64{12345, 54321} {
		go func(seed uint64) { sums <- getAll(db, seed) }(seed)
	}
	return <-sums + <-sums
}

func scan(db *bolt.DB, descending bool) (sum, count uint64) {
	check(db.View(func(tx *bolt.Tx) error {
		cursor := tx.Bucket(bucket).Cursor()
		first, step := cursor.First, cursor.Next
		if descending {
			first, step = cursor.Last, cursor.Prev
		}
		for key, value := first(); key != nil; key, value = step() {
			sum += uint64(key[len(key)-1]) + touch(value)
			count++
		}
		return nil
	}))
	return sum, count
}

func readOnce(db *bolt.DB, work string) (sum, ops uint64) {
	switch work {
	case "get-random":
		return getAll(db, 12345), keyCount
	case "get-random-tx":
		return getAllInNewTransactions(db, 12345), keyCount
	case "get-random-2":
		return getOnTwoThreads(db), 2 * keyCount
	default:
		return scan(db, work == "scan-reverse")
	}
}

func read(work string) {
	db := open(false)
	first, _ := readOnce(db, work)
	start := time.Now()
	sum, ops := readOnce(db, work)
	took := time.Since(start)
	if sum != first {
		check(fmt.Errorf("%s read something else the second time", work))
	}
	report(work, ops, took, memoryNow(), sum, "")
	check(db.Close())
}

func run(work string) {
	count := int(keyCount)
	switch work {
	case "load-ascending":
		load(work, ascending, keyCount, count, true, 1.0)
	case "load-ascending-put":
		load(work, ascending, keyCount, count, true, bolt.DefaultFillPercent)
	case "load-revisions":
		load(work, revision, keyCount, revisionBatch, true, 1.0)
	case "put-random-1000":
		load(work, random, keyCount, batch, false, bolt.DefaultFillPercent)
	case "put-random-1000-sync":
		load(work, random, keyCount, batch, true, bolt.DefaultFillPercent)
	case "put-one-sync":
		ops := keyCount / 10
		if ops > onePutCountMax {
			ops = onePutCountMax
		}
		load(work, random, ops, 1, true, bolt.DefaultFillPercent)
	case "delete-random-1000":
		deleteRandom(work)
	case "churn":
		churn(work)
	case "get-random", "get-random-2", "get-random-tx", "scan", "scan-reverse":
		read(work)
	default:
		check(fmt.Errorf("no such work: %s", work))
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("bbolt as installed, " + runtime.Version())
		return
	}
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: bbolt DIRECTORY KEYS WORK,WORK,...")
		os.Exit(2)
	}
	directory = os.Args[1]
	var err error
	keyCount, err = strconv.ParseUint(os.Args[2], 10, 64)
	check(err)
	for _, work := range strings.Split(os.Args[3], ",") {
		run(work)
	}
}
