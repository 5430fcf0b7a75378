/* statistic.h - distributions that more than one family needs. */
#ifndef SPOOR_FUNCTIONS_STATISTIC_H
#define SPOOR_FUNCTIONS_STATISTIC_H

/* Regularized incomplete beta function: 0 below 0, 1 above 1. */
double spoor_beta_cdf(double x, double a, double b);

#endif
