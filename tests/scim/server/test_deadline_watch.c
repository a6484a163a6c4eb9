#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "scim/server/deadline_watch.h"

struct pair {
    int watched, other;
};

static struct pair new_pair(void)
{
    int both[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both), 0);
    return (struct pair){both[0], both[1]};
}

static void close_pair(struct pair pair)
{
    close(pair.watched);
    close(pair.other);
}

/* Blocks until the other end is shut. */
static void wait_for_end(int socket)
{
    char byte;
    assert_int_equal(read(socket, &byte, 1), 0);
}

static void a_socket_is_shut_at_its_deadline(void **state)
{
    (void)state;
    struct deadline_watch *watch = deadline_watch_start();
    struct pair pair = new_pair();
    gint64 started = g_get_monotonic_time();
    struct deadline_entry *entry = deadline_watch_add(watch, pair.watched, 100);
    wait_for_end(pair.other);
    assert_true(g_get_monotonic_time() - started >= 100 * 1000);
    deadline_watch_remove(watch, entry);
    close_pair(pair);
    deadline_watch_stop(watch);
}

static void a_socket_without_a_deadline_outlives_one_with(void **state)
{
    (void)state;
    struct deadline_watch *watch = deadline_watch_start();
    struct pair forever = new_pair();
    struct pair brief = new_pair();
    struct deadline_entry *kept = deadline_watch_add(watch, forever.watched, 20);
    deadline_entry_set(kept, 0);
    struct deadline_entry *cut = deadline_watch_add(watch, brief.watched, 60);
    wait_for_end(brief.other);
    assert_int_equal(write(forever.watched, "x", 1), 1);
    char byte = 0;
    assert_int_equal(read(forever.other, &byte, 1), 1);
    deadline_watch_remove(watch, cut);
    deadline_watch_remove(watch, kept);
    close_pair(brief);
    close_pair(forever);
    deadline_watch_stop(watch);
}

static void expire_shuts_everything_at_once(void **state)
{
    (void)state;
    struct deadline_watch *watch = deadline_watch_start();
    struct pair pairs[2] = {new_pair(), new_pair()};
    struct deadline_entry *entries[2];
    for (size_t i = 0; i < 2; i++) {
        entries[i] = deadline_watch_add(watch, pairs[i].watched, 0);
    }
    deadline_watch_expire(watch);
    for (size_t i = 0; i < 2; i++) {
        wait_for_end(pairs[i].other);
        deadline_watch_remove(watch, entries[i]);
        close_pair(pairs[i]);
    }
    deadline_watch_stop(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_is_shut_at_its_deadline),
        cmocka_unit_test(a_socket_without_a_deadline_outlives_one_with),
        cmocka_unit_test(expire_shuts_everything_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
