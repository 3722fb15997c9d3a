/*
 * What MIT libkrb5 takes to accept one AP-REQ and to answer it: krb5_rd_req and krb5_mk_rep over and over, with an auth context of its own
 * each time and without a replay cache.
 *
 *   bench_rdreq make SERVICE ITERATIONS REPEATS [memory]
 *       Makes an AP-REQ (subkey, sequence number, mutual) for SERVICE with a ticket of KRB5CCNAME and accepts it with KRB5_KTNAME. Prints
 *       "ap-req = HEX", "ctime = N", "cusec = N", then a line "nanoseconds = N", one acceptance's mean, for each repeat.
 *   bench_rdreq take SERVICE [memory]
 *       Reads a line "HEX CTIME CUSEC", an AP-REQ and its authenticator's time, says "ready = 1", and then accepts it ITERATIONS times for each
 *       line "ITERATIONS", printing one line "nanoseconds = N". The clock is set to the authenticator's time, so an old recording will do.
 *
 * "memory": the keytab is copied into a MEMORY keytab first. Without it libkrb5 reads the file anew for each AP-REQ, as it does in a service.
 * Failure: "error = WHERE CODE TEXT", where CODE counts from ERROR_TABLE_BASE_krb5, and exit 1. No iteration may fail.
 */
#define _POSIX_C_SOURCE 200809L
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static krb5_context context;
static krb5_keytab keytab;
static krb5_principal service;

static void check(const char *where, krb5_error_code code)
{
    if (code == 0)
        return;
    printf("error = %s %d %s\n", where, (int)(code - ERROR_TABLE_BASE_krb5), krb5_get_error_message(context, code));
    exit(1);
}

static void demand(int condition, const char *what)
{
    if (condition)
        return;
    printf("error = %s 0 it is not as it must be\n", what);
    exit(1);
}

static krb5_auth_context new_auth(void)
{
    krb5_auth_context auth;
    check("auth context", krb5_auth_con_init(context, &auth));
    /* Without DO_TIME, which a new context has, no replay cache is asked. */
    check("flags", krb5_auth_con_setflags(context, auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE));
    return auth;
}

static void open_keytab(int in_memory)
{
    krb5_keytab file;
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry;
    check("keytab", krb5_kt_default(context, &file));
    keytab = file;
    if (!in_memory)
        return;
    check("memory keytab", krb5_kt_resolve(context, "MEMORY:bench", &keytab));
    check("keytab", krb5_kt_start_seq_get(context, file, &cursor));
    while (krb5_kt_next_entry(context, file, &entry, &cursor) == 0) {
        check("memory keytab", krb5_kt_add_entry(context, keytab, &entry));
        krb5_free_keytab_entry_contents(context, &entry);
    }
    check("keytab", krb5_kt_end_seq_get(context, file, &cursor));
    check("keytab", krb5_kt_close(context, file));
}

/* One acceptance and its answer; the answer and the auth context are the caller's to free. */
static krb5_auth_context accept_once(const krb5_data *request, krb5_data *reply)
{
    krb5_auth_context auth = new_auth();
    krb5_flags options = 0;
    krb5_ticket *ticket = NULL;
    check("rd_req", krb5_rd_req(context, &auth, request, service, keytab, &options, &ticket));
    demand(ticket->enc_part2 && (options & AP_OPTS_MUTUAL_REQUIRED), "ticket");
    check("mk_rep", krb5_mk_rep(context, auth, reply));
    demand(reply->length > 0, "AP-REP");
    krb5_free_ticket(context, ticket);
    return auth;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void measure(const krb5_data *request, long iterations)
{
    demand(iterations > 0, "ITERATIONS");
    long long start = now();
    for (long i = 0; i < iterations; i++) {
        krb5_data reply = { 0 };
        krb5_auth_context auth = accept_once(request, &reply);
        krb5_free_data_contents(context, &reply);
        krb5_auth_con_free(context, auth);
    }
    printf("nanoseconds = %lld\n", (now() - start) / iterations);
    fflush(stdout);
}

static krb5_creds *ticket_for_service(void)
{
    krb5_ccache cache;
    krb5_creds wanted = { 0 }, *found;
    check("cache", krb5_cc_default(context, &cache));
    check("client", krb5_cc_get_principal(context, cache, &wanted.client));
    wanted.server = service;
    check("ticket", krb5_get_credentials(context, 0, cache, &wanted, &found));
    return found;
}

static void print_request(const krb5_data *request, krb5_auth_context accepted)
{
    krb5_authenticator *content;
    check("authenticator", krb5_auth_con_getauthenticator(context, accepted, &content));
    printf("ap-req = ");
    for (unsigned i = 0; i < request->length; i++)
        printf("%02x", (unsigned char)request->data[i]);
    printf("\nctime = %u\ncusec = %d\n", (unsigned)content->ctime, (int)content->cusec);
    krb5_free_authenticator(context, content);
}

static void make(long iterations, long repeats)
{
    krb5_auth_context client = new_auth();
    krb5_data request = { 0 }, reply = { 0 };
    krb5_ap_rep_enc_part *part;
    check("mk_req", krb5_mk_req_extended(context, &client, AP_OPTS_USE_SUBKEY | AP_OPTS_MUTUAL_REQUIRED, NULL, ticket_for_service(), &request));
    print_request(&request, accept_once(&request, &reply));
    check("rd_rep", krb5_rd_rep(context, client, &reply, &part));
    for (long i = 0; i < repeats; i++)
        measure(&request, iterations);
}

static krb5_data from_hex(const char *hex)
{
    krb5_data data = { 0 };
    data.length = strlen(hex) / 2;
    data.data = malloc(data.length + 1);
    for (unsigned i = 0; i < data.length; i++) {
        unsigned value;
        demand(sscanf(hex + 2 * i, "%2x", &value) == 1, "hex");
        data.data[i] = (char)value;
    }
    return data;
}

static void take(void)
{
    static char line[1 << 18], hex[1 << 18];
    unsigned ctime;
    int cusec;
    demand(fgets(line, sizeof line, stdin) && sscanf(line, "%s %u %d", hex, &ctime, &cusec) == 3, "HEX CTIME CUSEC");
    krb5_data request = from_hex(hex);
    printf("ready = 1\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        check("clock", krb5_set_real_time(context, (krb5_timestamp)ctime, cusec));
        measure(&request, atol(line));
    }
}

int main(int argc, char **argv)
{
    int making = argc >= 5 && !strcmp(argv[1], "make"), taking = argc >= 3 && !strcmp(argv[1], "take");
    if (!making && !taking) {
        fprintf(stderr, "bench_rdreq make SERVICE ITERATIONS REPEATS [memory] | take SERVICE [memory]\n");
        return 2;
    }
    setenv("KRB5RCACHENAME", "none:", 1);
    check("init", krb5_init_context(&context));
    check("service", krb5_parse_name(context, argv[2], &service));
    open_keytab(!strcmp(argv[argc - 1], "memory"));
    if (making)
        make(atol(argv[3]), atol(argv[4]));
    else
        take();
    return 0;
}
