/*
 * LMDB as a peer of `bin/tenon bench btree`: the works of tenon.bench.btree.Phases, on LMDB itself.
 *
 *   cc -O2 -o lmdb-c lmdb.c -llmdb -lpthread
 *   lmdb-c DIRECTORY KEYS WORK,WORK,...
 *   lmdb-c --version
 *
 * One line for each work; tenon.bench.btree.ResultLine says what is in it.
 */
#include <dirent.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY_BYTES_MAX 17
#define VALUE_BYTES_MAX 300
#define MAP_BYTES (256ULL << 30)
#define BATCH 1000
#define REVISION_BATCH 10000
#define ONE_PUT_COUNT_MAX 20000
#define CHURN_ROUNDS 5
#define STRIDE 2654435761ULL

enum kind { ASCENDING, RANDOM, REVISION };

static char directory[4096];
static uint64_t key_count;
static MDB_env *env;
static MDB_dbi dbi;

static void check(int rc, const char *what) {
    if (rc != MDB_SUCCESS) {
        fprintf(stderr, "lmdb-c: %s: %s\n", what, mdb_strerror(rc));
        exit(1);
    }
}

/* ---- the data ---- */

static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

static void put_long(uint8_t *at, uint64_t x) {
    x = __builtin_bswap64(x);
    memcpy(at, &x, sizeof x);
}

static size_t key_bytes(enum kind kind) { return kind == REVISION ? 17 : 16; }
static size_t value_bytes(enum kind kind) { return kind == REVISION ? 300 : 100; }

static void set_key(enum kind kind, uint8_t *key, uint64_t number) {
    switch (kind) {
        case ASCENDING:
            put_long(key, 0);
            put_long(key + 8, number);
            break;
        case RANDOM:
            put_long(key, mix(number));
            put_long(key + 8, number);
            break;
        case REVISION:
            put_long(key, number);
            key[8] = '_';
            put_long(key + 9, 0);
            break;
    }
}

static void init_value(uint8_t *value, size_t length) {
    for (size_t i = 0; i < length; i++) {
        value[i] = (uint8_t) mix(i);
    }
}

static void set_value(uint8_t *value, size_t length, uint64_t number) {
    put_long(value, number);
    value[length - 1] = (uint8_t) number;
}

/* ---- what is reported ---- */

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * 1000000000ULL + (uint64_t) t.tv_nsec;
}

static uint64_t size_bytes(void) {
    uint64_t sum = 0;
    DIR *list = opendir(directory);
    for (struct dirent *entry; list != NULL && (entry = readdir(list)) != NULL;) {
        char path[sizeof directory + 300];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            sum += (uint64_t) status.st_size;
        }
    }
    if (list != NULL) {
        closedir(list);
    }
    return sum;
}

static long memory_kb(const char *format) {
    char line[256];
    long found = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL && sscanf(line, format, &found) != 1) {
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

struct memory {
    long rss_kb, anon_kb;
};

static struct memory memory_now(void) {
    struct memory memory = {memory_kb("VmRSS: %ld"), memory_kb("RssAnon: %ld")};
    return memory;
}

static void report(
        const char *work, uint64_t ops, uint64_t ns, struct memory memory, uint64_t sum, const char *more) {
    printf("result work=%s ops=%llu ns=%llu bytes=%llu rss_kb=%ld anon_kb=%ld sum=%llu%s\n", work,
            (unsigned long long) ops, (unsigned long long) ns, (unsigned long long) size_bytes(), memory.rss_kb,
            memory.anon_kb, (unsigned long long) sum, more);
    fflush(stdout);
}

/* ---- the store ---- */

static void wipe(void) {
    char path[sizeof directory + 16];
    snprintf(path, sizeof path, "%s/data.mdb", directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", directory);
    unlink(path);
}

static void open_store(int synced) {
    MDB_txn *tx;
    check(mdb_env_create(&env), "mdb_env_create");
    check(mdb_env_set_mapsize(env, MAP_BYTES), "mdb_env_set_mapsize");
    check(mdb_env_open(env, directory, synced ? 0 : MDB_NOSYNC, 0644), "mdb_env_open");
    check(mdb_txn_begin(env, NULL, 0, &tx), "mdb_txn_begin");
    check(mdb_dbi_open(tx, NULL, 0, &dbi), "mdb_dbi_open");
    check(mdb_txn_commit(tx), "mdb_txn_commit");
}

static void close_store(void) { mdb_env_close(env); }

static MDB_txn *begin(unsigned flags) {
    MDB_txn *tx;
    check(mdb_txn_begin(env, NULL, flags, &tx), "mdb_txn_begin");
    return tx;
}

/* A hash of all keys and values in order: what a store must hold after a work. */
static uint64_t fingerprint(void) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    MDB_val key, value;
    MDB_cursor *cursor;
    MDB_txn *tx;
    open_store(0);
    tx = begin(MDB_RDONLY);
    check(mdb_cursor_open(tx, dbi, &cursor), "mdb_cursor_open");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
        for (size_t i = 0; i < key.mv_size; i++) {
            hash = (hash ^ ((uint8_t *) key.mv_data)[i]) * 0x100000001b3ULL;
        }
        for (size_t i = 0; i < value.mv_size; i++) {
            hash = (hash ^ ((uint8_t *) value.mv_data)[i]) * 0x100000001b3ULL;
        }
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(tx);
    close_store();
    return hash;
}

/* ---- works that write ---- */

static void put_all(enum kind kind, uint64_t count, uint64_t batch, unsigned flags) {
    uint8_t key_data[KEY_BYTES_MAX], value_data[VALUE_BYTES_MAX];
    MDB_val key = {key_bytes(kind), key_data}, value = {value_bytes(kind), value_data};
    init_value(value_data, value.mv_size);
    for (uint64_t number = 0; number < count;) {
        MDB_txn *tx = begin(0);
        for (uint64_t i = 0; i < batch && number < count; i++, number++) {
            set_key(kind, key_data, number);
            set_value(value_data, value.mv_size, number);
            check(mdb_put(tx, dbi, &key, &value, flags), "mdb_put");
        }
        check(mdb_txn_commit(tx), "mdb_txn_commit");
    }
}

static void load(const char *work, enum kind kind, uint64_t count, uint64_t batch, int synced, unsigned flags) {
    uint64_t start, ns;
    struct memory memory;
    wipe();
    open_store(synced);
    start = now_ns();
    put_all(kind, count, batch, flags);
    if (!synced) {
        check(mdb_env_sync(env, 1), "mdb_env_sync");
    }
    ns = now_ns() - start;
    memory = memory_now();
    close_store();
    report(work, count, ns, memory, fingerprint(), "");
}

static void delete_random(const char *work) {
    uint8_t data[KEY_BYTES_MAX];
    MDB_val key = {key_bytes(RANDOM), data};
    uint64_t start, ns;
    struct memory memory;
    open_store(0);
    start = now_ns();
    for (uint64_t number = 0; number < key_count;) {
        MDB_txn *tx = begin(0);
        for (int i = 0; i < BATCH && number < key_count; i++, number++) {
            set_key(RANDOM, data, number);
            check(mdb_del(tx, dbi, &key, NULL), "mdb_del");
        }
        check(mdb_txn_commit(tx), "mdb_txn_commit");
    }
    check(mdb_env_sync(env, 1), "mdb_env_sync");
    ns = now_ns() - start;
    memory = memory_now();
    close_store();
    report(work, key_count, ns, memory, fingerprint(), "");
}

static uint64_t churn_deletes(uint64_t round) {
    uint8_t data[KEY_BYTES_MAX];
    MDB_val key = {key_bytes(RANDOM), data};
    uint64_t ops = 0;
    MDB_txn *tx = begin(0);
    for (uint64_t i = 0; i < key_count; i++) {
        uint64_t number = (i * STRIDE + round) % key_count;
        if ((mix(number ^ (round << 40)) & 1) != 0) {
            continue;
        }
        set_key(RANDOM, data, number);
        check(mdb_del(tx, dbi, &key, NULL), "mdb_del");
        if (++ops % BATCH == 0) {
            check(mdb_txn_commit(tx), "mdb_txn_commit");
            tx = begin(0);
        }
    }
    check(mdb_txn_commit(tx), "mdb_txn_commit");
    return ops;
}

static uint64_t churn_puts(uint64_t round) {
    uint8_t key_data[KEY_BYTES_MAX], value_data[VALUE_BYTES_MAX];
    MDB_val key = {key_bytes(RANDOM), key_data}, value = {value_bytes(RANDOM), value_data};
    init_value(value_data, value.mv_size);
    MDB_txn *tx = begin(0);
    for (uint64_t i = 0; i < key_count; i++) {
        uint64_t number = (i * STRIDE + 7 * round) % key_count;
        set_key(RANDOM, key_data, number);
        set_value(value_data, value.mv_size, number + round * key_count);
        check(mdb_put(tx, dbi, &key, &value, 0), "mdb_put");
        if ((i + 1) % BATCH == 0) {
            check(mdb_txn_commit(tx), "mdb_txn_commit");
            tx = begin(0);
        }
    }
    check(mdb_txn_commit(tx), "mdb_txn_commit");
    return key_count;
}

static void churn(const char *work) {
    char sizes[32 * (CHURN_ROUNDS + 2)];
    uint64_t ops = 0, ns = 0;
    int length;
    struct memory memory;
    wipe();
    open_store(0);
    put_all(RANDOM, key_count, BATCH, 0);
    check(mdb_env_sync(env, 1), "mdb_env_sync");
    length = snprintf(sizes, sizeof sizes, " sizes=%llu", (unsigned long long) size_bytes());
    for (uint64_t round = 1; round <= CHURN_ROUNDS; round++) {
        uint64_t start = now_ns();
        ops += churn_deletes(round);
        ops += churn_puts(round);
        check(mdb_env_sync(env, 1), "mdb_env_sync");
        ns += now_ns() - start;
        length += snprintf(sizes + length, sizeof sizes - (size_t) length, ",%llu", (unsigned long long) size_bytes());
    }
    memory = memory_now();
    close_store();
    report(work, ops, ns, memory, fingerprint(), sizes);
}

/* ---- works that read ---- */

static uint64_t touch(const MDB_val *value) {
    const uint8_t *data = value->mv_data;
    return (uint64_t) data[0] + data[value->mv_size - 1];
}

static uint64_t get_all(uint64_t seed, int renewed) {
    uint8_t data[KEY_BYTES_MAX];
    MDB_val key = {key_bytes(RANDOM), data}, value;
    uint64_t sum = 0;
    MDB_txn *tx = begin(MDB_RDONLY);
    for (uint64_t i = 0; i < key_count; i++) {
        if (renewed) {
            mdb_txn_reset(tx);
            check(mdb_txn_renew(tx), "mdb_txn_renew");
        }
        set_key(RANDOM, data, mix(i + seed) % key_count);
        check(mdb_get(tx, dbi, &key, &value), "mdb_get");
        sum += touch(&value);
    }
    mdb_txn_abort(tx);
    return sum;
}

struct getter {
    pthread_t thread;
    uint64_t seed, sum;
};

static void *run_getter(void *argument) {
    struct getter *getter = argument;
    getter->sum = get_all(getter->seed, 0);
    return NULL;
}

static uint64_t get_on_two_threads(void) {
    struct getter getters[2] = {{.seed = 12345}, {.seed = 54321}};
    for (int i = 0; i < 2; i++) {
        check(pthread_create(&getters[i].thread, NULL, run_getter, &getters[i]), "pthread_create");
    }
    for (int i = 0; i < 2; i++) {
        check(pthread_join(getters[i].thread, NULL), "pthread_join");
    }
    return getters[0].sum + getters[1].sum;
}

static uint64_t scan(MDB_cursor_op step, uint64_t *count) {
    MDB_val key, value;
    MDB_cursor *cursor;
    uint64_t sum = 0;
    MDB_txn *tx = begin(MDB_RDONLY);
    check(mdb_cursor_open(tx, dbi, &cursor), "mdb_cursor_open");
    for (*count = 0; mdb_cursor_get(cursor, &key, &value, step) == MDB_SUCCESS; (*count)++) {
        sum += ((uint8_t *) key.mv_data)[key.mv_size - 1] + touch(&value);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(tx);
    return sum;
}

static uint64_t read_once(const char *work, uint64_t *ops) {
    *ops = key_count;
    if (strcmp(work, "get-random") == 0) {
        return get_all(12345, 0);
    }
    if (strcmp(work, "get-random-tx") == 0) {
        return get_all(12345, 1);
    }
    if (strcmp(work, "get-random-2") == 0) {
        *ops = 2 * key_count;
        return get_on_two_threads();
    }
    return scan(strcmp(work, "scan") == 0 ? MDB_NEXT : MDB_PREV, ops);
}

static void read_work(const char *work) {
    uint64_t ops, sum, start, ns;
    open_store(0);
    sum = read_once(work, &ops);
    start = now_ns();
    if (read_once(work, &ops) != sum) {
        fprintf(stderr, "lmdb-c: %s read something else the second time\n", work);
        exit(1);
    }
    ns = now_ns() - start;
    report(work, ops, ns, memory_now(), sum, "");
    close_store();
}

static void run(const char *work) {
    if (strcmp(work, "load-ascending") == 0) {
        load(work, ASCENDING, key_count, key_count, 1, MDB_APPEND);
    } else if (strcmp(work, "load-ascending-put") == 0) {
        load(work, ASCENDING, key_count, key_count, 1, 0);
    } else if (strcmp(work, "load-revisions") == 0) {
        load(work, REVISION, key_count, REVISION_BATCH, 1, MDB_APPEND);
    } else if (strcmp(work, "put-random-1000") == 0) {
        load(work, RANDOM, key_count, BATCH, 0, 0);
    } else if (strcmp(work, "put-random-1000-sync") == 0) {
        load(work, RANDOM, key_count, BATCH, 1, 0);
    } else if (strcmp(work, "put-one-sync") == 0) {
        load(work, RANDOM, key_count / 10 < ONE_PUT_COUNT_MAX ? key_count / 10 : ONE_PUT_COUNT_MAX, 1, 1, 0);
    } else if (strcmp(work, "delete-random-1000") == 0) {
        delete_random(work);
    } else if (strcmp(work, "churn") == 0) {
        churn(work);
    } else if (strncmp(work, "get-", 4) == 0 || strncmp(work, "scan", 4) == 0) {
        read_work(work);
    } else {
        fprintf(stderr, "lmdb-c: no such work: %s\n", work);
        exit(2);
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(mdb_version(NULL, NULL, NULL));
        return 0;
    }
    if (argc != 4) {
        fprintf(stderr, "usage: lmdb-c DIRECTORY KEYS WORK,WORK,...\n");
        return 2;
    }
    snprintf(directory, sizeof directory, "%s", argv[1]);
    key_count = strtoull(argv[2], NULL, 10);
    for (char *work = strtok(argv[3], ","); work != NULL; work = strtok(NULL, ",")) {
        run(work);
    }
    return 0;
}
