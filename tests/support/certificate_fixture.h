/*
 * Test certificates: a CA of our own, a second one that signed nothing, and server certificates
 * for 127.0.0.1 and localhost, good and bad in one way each. Made in milliseconds (EC keys).
 */
#pragma once

#include <glib.h>

enum certificate_fault {
    CERTIFICATE_GOOD,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NOT_YET_VALID,
    CERTIFICATE_WRONG_NAME,
};

/* Writes ca.pem, other-ca.pem, server.pem and server.key (mode 0600) into `folder`. Fails the
 * test if it cannot. */
void certificate_fixture_write(const char *folder, enum certificate_fault fault);
