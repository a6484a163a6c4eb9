#include <stdio.h>

int main(void)
{
    fputs("rolecall: no command is built in yet\n", stderr);
    return 64;
}
