/*
 * Holds the files that are named on its standard input open and reads each of them once a second, of folders the size alone, and does
 * nothing with what it read: the least that sampling from these files can cost.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    static char line[4096], buffer[65536];
    int *files = NULL, *folders = NULL;
    size_t fileCount = 0, folderCount = 0;
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        int fd = open(line, O_RDONLY | O_CLOEXEC);
        struct stat what;
        if (fd < 0 || fstat(fd, &what) < 0) {
            perror(line);
            return 1;
        }
        int **all = S_ISDIR(what.st_mode) ? &folders : &files;
        size_t *count = S_ISDIR(what.st_mode) ? &folderCount : &fileCount;
        *all = realloc(*all, (*count + 1) * sizeof(int));
        (*all)[(*count)++] = fd;
    }
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (;;) {
        struct stat what;
        for (size_t i = 0; i < fileCount; i++) {
            if (pread(files[i], buffer, sizeof buffer, 0) < 0) {
                perror("a file is gone");
                return 1;
            }
        }
        for (size_t i = 0; i < folderCount; i++) {
            fstat(folders[i], &what);
        }
        next.tv_sec++;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
}
