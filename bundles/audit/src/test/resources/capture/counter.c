/* Checks itself while it is captured: counts in registers and in memory, with integers and floating point, sleeps, reads, polls and waits
   for a futex in threads, and ends with a line about what went wrong. "ready" is printed first; SIGUSR1 makes it print "sound N". */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/futex.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile long rounds, ticks, told;
static volatile sig_atomic_t asked;
static int ends[2];

static void wrong(const char *what, long value) {
    printf("wrong %s %ld errno %d\n", what, value, errno);
    fflush(stdout);
    _exit(3);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void *count(void *unused) {
    volatile double sum = 0;
    for (unsigned long i = 1;; i++) {
        unsigned long a = i * 0x9e3779b97f4a7c15ul, b = a ^ (a >> 29);
        double x = 1.0 + (double) (i & 1023), y = x * 3.5, z = y / 3.5;
        __asm__ volatile("" : "+r"(a), "+r"(b), "+x"(x), "+x"(z));
        if (b != (a ^ (a >> 29)) || z != x) wrong("arithmetic", i);
        sum += z;
        rounds++;
    }
    return unused;
}

static void *sleeps(void *unused) {
    for (;;) {
        double begin = now();
        struct timespec t = {0, 30000000};
        if (nanosleep(&t, NULL) != 0) wrong("nanosleep", 0);
        if (now() - begin < 0.030) wrong("nanosleep too short", (long) ((now() - begin) * 1e6));
        begin = now();
        struct pollfd none = {-1, 0, 0};
        int got = poll(&none, 1, 20);
        if (got != 0) wrong("poll", got);
        if (now() - begin < 0.0199) wrong("poll too short", 0);
        ticks++;
    }
    return unused;
}

static void *futexes(void *unused) {
    static int word;
    for (;;) {
        double begin = now();
        struct timespec t = {0, 25000000};
        long got = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0);
        if (got != -1 || errno != ETIMEDOUT) wrong("futex", got);
        if (now() - begin < 0.0249) wrong("futex too short", 0);
    }
    return unused;
}

static void *writes(void *unused) {
    for (unsigned long i = 0;; i++) {
        if (write(ends[1], &i, sizeof i) != sizeof i) wrong("write", i);
        if (i % 16 == 0) usleep(2000);
    }
    return unused;
}

static void *reads(void *unused) {
    for (unsigned long i = 0, got;; i++) {
        if (read(ends[0], &got, sizeof got) != sizeof got) wrong("read", i);
        if (got != i) wrong("read another", i);
    }
    return unused;
}

static void ask(int signal) { asked++; (void) signal; }

/* From here on the kernel kills the process for a clone or a wait4 with __WALL. */
static void filter(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_wait4, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 32),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program))
        wrong("seccomp", 0);
}

int main(int given, char **arguments) {
    struct sigaction action = {.sa_handler = ask};
    sigaction(SIGUSR1, &action, NULL);
    size_t size = 8 << 20;
    char *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t at = 0; at < size; at += 4096) strcpy(block + at, "PATTERN!");
    if (pipe(ends)) wrong("pipe", 0);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    void *(*all[])(void *) = {count, sleeps, futexes, writes, reads};
    for (int i = 0; i < 5; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, all[i], NULL);
    }
    if (given > 1 && strcmp(arguments[1], "seccomp") == 0) filter();
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        /* It has no children: any that wait sees is not its own. */
        int status;
        pid_t child = waitpid(-1, &status, WNOHANG);
        if (child != -1 || errno != ECHILD) wrong("a child", child);
        sigset_t none;
        sigemptyset(&none);
        struct timespec t = {5, 0};
        ppoll(NULL, 0, &t, &none);
        sigset_t is;
        pthread_sigmask(SIG_SETMASK, NULL, &is);
        if (!sigismember(&is, SIGUSR1)) wrong("mask", 0);
        while (told < asked) {
            printf("sound %ld\n", ++told);
            fflush(stdout);
        }
    }
}
