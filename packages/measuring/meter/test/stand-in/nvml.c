/* A stand-in for the driver's library: an energy counter of a GPU that draws 100 W, brought forward every 100 ms. */
#include <string.h>
#include <time.h>

static int device;

int nvmlInit_v2(void) { return 0; }

int nvmlDeviceGetHandleByUUID(const char *uuid, void **handle) {
  if (strncmp(uuid, "GPU-", 4) != 0) return 6;
  *handle = &device;
  return 0;
}

int nvmlDeviceGetTotalEnergyConsumption(void *handle, unsigned long long *milli_joules) {
  struct timespec now;
  if (handle != &device) return 2;
  clock_gettime(CLOCK_MONOTONIC, &now);
  *milli_joules = (unsigned long long)(now.tv_sec * 10 + now.tv_nsec / 100000000) * 10000;
  return 0;
}
